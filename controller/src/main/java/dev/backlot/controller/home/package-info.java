/** What a person sees first: what needs them, what is theirs, what is being done, what moves. */
@NullMarked
package dev.backlot.controller.home;

import org.jspecify.annotations.NullMarked;
