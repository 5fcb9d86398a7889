/** Everything that has a kind and a name, listed and shown in one shape. */
@NullMarked
package dev.backlot.controller.catalog;

import org.jspecify.annotations.NullMarked;
