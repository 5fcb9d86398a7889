/** Tests of the whole platform through its outside contract. */
@NullMarked
package dev.backlot.e2e;

import org.jspecify.annotations.NullMarked;
