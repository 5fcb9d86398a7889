/** From specs and schemas to plans: pure. */
@NullMarked
package dev.backlot.engine.plan;

import org.jspecify.annotations.NullMarked;
