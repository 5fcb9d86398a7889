/** What those need who write pipelines: palette, checks as they type, previews, drafts. */
@NullMarked
package dev.backlot.controller.builder;

import org.jspecify.annotations.NullMarked;
