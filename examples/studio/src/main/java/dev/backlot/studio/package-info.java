/**
 * The demo: a film studio's PostgreSQL database, and the workload that never lets it rest.
 *
 * <p>Start reading at {@link dev.backlot.studio.Studio}. Nothing here knows Backlot: the studio
 * stands for any application whose database is captured.
 */
@NullMarked
package dev.backlot.studio;

import org.jspecify.annotations.NullMarked;
