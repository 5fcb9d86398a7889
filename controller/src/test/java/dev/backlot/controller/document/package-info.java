@NullMarked
package dev.backlot.controller.document;

import org.jspecify.annotations.NullMarked;
