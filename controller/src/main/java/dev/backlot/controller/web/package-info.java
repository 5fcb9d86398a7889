/** HTTP itself: JSON, problems, guards, the static UI, the OpenAPI document. */
@NullMarked
package dev.backlot.controller.web;

import org.jspecify.annotations.NullMarked;
