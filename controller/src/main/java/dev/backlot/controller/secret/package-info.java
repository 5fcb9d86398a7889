/** Who may name which secrets in documents; what a secret holds is read elsewhere. */
@NullMarked
package dev.backlot.controller.secret;

import org.jspecify.annotations.NullMarked;
