@org.jspecify.annotations.NullMarked
package dev.backlot.controller.search;
