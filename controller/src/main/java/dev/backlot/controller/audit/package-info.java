/** Audits of pipelines' tables: when they run, what is asked of them, what they have proven. */
@NullMarked
package dev.backlot.controller.audit;

import org.jspecify.annotations.NullMarked;
