/** Hot paths by themselves, with JMH. */
@NullMarked
package dev.backlot.benchmarks.micro;

import org.jspecify.annotations.NullMarked;
