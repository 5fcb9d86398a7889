/** What can need a person: kinds of alerts, how grave they are, what they are about. */
@NullMarked
package dev.backlot.model.alert;

import org.jspecify.annotations.NullMarked;
