@NullMarked
package dev.backlot.controller;

import org.jspecify.annotations.NullMarked;
