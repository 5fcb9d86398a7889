/** The nouns that both planes share: problems and their places. Plain data, no input or output. */
@NullMarked
package dev.backlot.model;

import org.jspecify.annotations.NullMarked;
