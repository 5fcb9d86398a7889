/** Audits where no common position can be had: what two queries give, compared again and again. */
@NullMarked
package dev.backlot.quality.blackbox;

import org.jspecify.annotations.NullMarked;
