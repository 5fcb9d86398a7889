/** The control plane: intent in, state out, and the reconciler between them. */
@NullMarked
package dev.backlot.controller;

import org.jspecify.annotations.NullMarked;
