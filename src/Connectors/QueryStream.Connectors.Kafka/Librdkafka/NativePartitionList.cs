using System.Runtime.InteropServices;

namespace QueryStream.Connectors.Kafka.Librdkafka;

/// <summary>rd_kafka_topic_partition_list_t.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativePartitionList
{
    public int Count;
    public int Size;
    public NativePartition* Elements;
}
