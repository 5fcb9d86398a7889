package dev.backlot.e2e;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Comparator;
import org.junit.jupiter.api.ClassDescriptor;
import org.junit.jupiter.api.ClassOrderer;
import org.junit.jupiter.api.ClassOrdererContext;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A class of tests on the {@link SharedPlatform}. Its pipelines are paused behind it, and such
 * classes come last: whatever runs takes time from tests with platforms of their own.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(OnSharedPlatform.Quiet.class)
@interface OnSharedPlatform {
  /** Pauses what the tests of a class left running. */
  final class Quiet implements AfterAllCallback {
    @Override
    public void afterAll(ExtensionContext context) {
      SharedPlatform.pausePipelines();
    }
  }

  /** Puts classes on the shared platform behind the others. */
  final class Last implements ClassOrderer {
    @Override
    public void orderClasses(ClassOrdererContext context) {
      context
          .getClassDescriptors()
          .sort(
              Comparator.comparing(
                      (ClassDescriptor described) -> described.isAnnotated(OnSharedPlatform.class))
                  .thenComparing(described -> described.getTestClass().getName()));
    }
  }
}
