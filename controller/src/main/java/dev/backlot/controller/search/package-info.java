/** Finds things of the catalog by what they are called and what is said about them. */
@NullMarked
package dev.backlot.controller.search;

import org.jspecify.annotations.NullMarked;
