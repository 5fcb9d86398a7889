/** Steps whose rows wait for answers from outside: order, batches, retries, caching. */
@NullMarked
package dev.backlot.engine.batch;

import org.jspecify.annotations.NullMarked;
