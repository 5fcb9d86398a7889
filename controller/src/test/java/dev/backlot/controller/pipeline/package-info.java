@NullMarked
package dev.backlot.controller.pipeline;

import org.jspecify.annotations.NullMarked;
