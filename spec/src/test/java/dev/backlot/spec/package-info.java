@NullMarked
package dev.backlot.spec;

import org.jspecify.annotations.NullMarked;
