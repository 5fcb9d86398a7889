/** How the processes of one installation find each other. */
@NullMarked
package dev.backlot.model.platform;

import org.jspecify.annotations.NullMarked;
