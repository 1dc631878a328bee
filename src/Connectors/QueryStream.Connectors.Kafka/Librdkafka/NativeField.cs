using System.Runtime.InteropServices;

namespace QueryStream.Connectors.Kafka.Librdkafka;

/// <summary>rd_kafka_vu_t: one field of a record for rd_kafka_produceva.</summary>
[StructLayout(LayoutKind.Explicit, Size = 72)]
internal unsafe struct NativeField
{
    [FieldOffset(0)]
    public NativeFieldKind Kind;

    /// <summary>A number: a timestamp as 64 bits, a partition or flags in the low 32 of them (little-endian machines only, as librdkafka's builds here).</summary>
    [FieldOffset(8)]
    public long Number;

    /// <summary>A pointer: the topic's handle, the headers, the opaque value, bytes.</summary>
    [FieldOffset(8)]
    public void* Pointer;

    /// <summary>With bytes: how many.</summary>
    [FieldOffset(16)]
    public nuint Length;
}
