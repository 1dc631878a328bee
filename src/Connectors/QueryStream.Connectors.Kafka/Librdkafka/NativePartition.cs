using System.Runtime.InteropServices;

namespace QueryStream.Connectors.Kafka.Librdkafka;

/// <summary>rd_kafka_topic_partition_t.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativePartition
{
    public byte* Topic;
    public int Partition;
    public long Offset;
    public void* Metadata;
    public nuint MetadataSize;
    public void* Opaque;
    public NativeError Error;
    public void* Private;
}
