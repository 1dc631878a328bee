using System.Runtime.InteropServices;

namespace QueryStream.Connectors.Kafka.Librdkafka;

/// <summary>rd_kafka_metadata_t, with its nested structs in the order of rdkafka.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeMetadata
{
    public int BrokerCount;
    public void* Brokers;
    public int TopicCount;
    public TopicEntry* Topics;
    public int OriginBrokerId;
    public byte* OriginBrokerName;

    /// <summary>rd_kafka_metadata_topic_t.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct TopicEntry
    {
        public byte* Topic;
        public int PartitionCount;
        public PartitionEntry* Partitions;
        public NativeError Error;
    }

    /// <summary>rd_kafka_metadata_partition_t.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PartitionEntry
    {
        public int Id;
        public NativeError Error;
        public int Leader;
        public int ReplicaCount;
        public int* Replicas;
        public int InSyncCount;
        public int* InSync;
    }
}
