package dev.backlot.transport;

import java.io.IOException;
import java.io.Serializable;
import java.util.Objects;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.util.InstantiationUtil;

/**
 * The Flink type of immutable values that pass between operators a few times per second at most, or
 * only between chained ones: written by Java serialization, never copied.
 */
public final class SerializedType<T extends Serializable> extends TypeInformation<T> {
  private static final long serialVersionUID = 1L;

  private final Class<T> type;

  /** Describes values of a class. */
  public SerializedType(Class<T> type) {
    this.type = type;
  }

  @Override
  public boolean isBasicType() {
    return false;
  }

  @Override
  public boolean isTupleType() {
    return false;
  }

  @Override
  public int getArity() {
    return 1;
  }

  @Override
  public int getTotalFields() {
    return 1;
  }

  @Override
  public Class<T> getTypeClass() {
    return type;
  }

  @Override
  public boolean isKeyType() {
    return false;
  }

  @Override
  public TypeSerializer<T> createSerializer(SerializerConfig config) {
    return new Serializer<>();
  }

  @Override
  public String toString() {
    return type.getSimpleName();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SerializedType<?> that && that.type == type;
  }

  @Override
  public int hashCode() {
    return type.hashCode();
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof SerializedType;
  }

  /** Holds nothing: every instance is as good as another. */
  public static final class Serializer<T extends Serializable> extends TypeSerializer<T> {
    private static final long serialVersionUID = 1L;

    @Override
    public boolean isImmutableType() {
      return true;
    }

    @Override
    public TypeSerializer<T> duplicate() {
      return this;
    }

    @Override
    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    public T createInstance() {
      return null;
    }

    @Override
    public T copy(T from) {
      return from;
    }

    @Override
    public T copy(T from, T reuse) {
      return from;
    }

    @Override
    public int getLength() {
      return -1;
    }

    @Override
    public void serialize(T value, DataOutputView target) throws IOException {
      byte[] bytes = InstantiationUtil.serializeObject(value);
      target.writeInt(bytes.length);
      target.write(bytes);
    }

    @Override
    public T deserialize(DataInputView source) throws IOException {
      byte[] bytes = new byte[source.readInt()];
      source.readFully(bytes);
      try {
        ClassLoader loader =
            Objects.requireNonNullElseGet(
                Thread.currentThread().getContextClassLoader(),
                SerializedType.class::getClassLoader);
        return InstantiationUtil.deserializeObject(bytes, loader);
      } catch (ClassNotFoundException e) {
        throw new IOException(e);
      }
    }

    @Override
    public T deserialize(T reuse, DataInputView source) throws IOException {
      return deserialize(source);
    }

    @Override
    public void copy(DataInputView source, DataOutputView target) throws IOException {
      int length = source.readInt();
      target.writeInt(length);
      target.write(source, length);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Serializer;
    }

    @Override
    public int hashCode() {
      return Serializer.class.hashCode();
    }

    @Override
    public TypeSerializerSnapshot<T> snapshotConfiguration() {
      return new Snapshot<>();
    }
  }

  /** No state is kept with these serializers. */
  public static final class Snapshot<T extends Serializable>
      extends SimpleTypeSerializerSnapshot<T> {
    /** Called by Flink. */
    public Snapshot() {
      super(Serializer::new);
    }
  }
}
