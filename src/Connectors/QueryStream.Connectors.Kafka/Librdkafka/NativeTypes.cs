using System.Runtime.InteropServices;

namespace QueryStream.Connectors.Kafka.Librdkafka;

/// <summary>The used codes of rd_kafka_resp_err_t. Negative codes are librdkafka's own.</summary>
internal enum NativeError
{
    None = 0,
    BadMessage = -199,
    MessageTimedOut = -192,
    Transport = -195,
    Resolve = -193,
    PartitionEnd = -191,
    AllBrokersDown = -187,
    TimedOut = -185,
    QueueFull = -184,
    Ssl = -181,
    WaitCoordinator = -180,
    NotImplemented = -170,
    Authentication = -169,
    State = -172,
    NoEntry = -156,
    PurgedFromQueue = -152,
    PurgedInFlight = -151,
    Fatal = -150,
    Fenced = -144,
    UnknownTopicOrPartition = 3,
    LeaderNotAvailable = 5,
    NotLeader = 6,
    RequestTimedOut = 7,
    CoordinatorLoading = 14,
    CoordinatorNotAvailable = 15,
    NotCoordinator = 16,
    TopicAuthorizationFailed = 29,
    GroupAuthorizationFailed = 30,
    ClusterAuthorizationFailed = 31,
    TopicAlreadyExists = 36,
    OutOfOrderSequence = 45,
    InvalidProducerEpoch = 47,
    InvalidProducerIdMapping = 49,
    InvalidTransactionTimeout = 50,
    TransactionalIdAuthorizationFailed = 53,
    UnknownProducerId = 59,
    UnstableOffset = 88,
    ProducerFenced = 90,
    TransactionAbortable = 120,
}

/// <summary>rd_kafka_message_t. If it is an error, <see cref="Payload"/> is its text.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeMessage
{
    public NativeError Error;
    public nint Topic;
    public int Partition;
    public byte* Payload;
    public nuint Length;
    public byte* Key;
    public nuint KeyLength;
    public long Offset;
    public nint Private;
}

/// <summary>A record that is sent alone.</summary>
internal readonly ref struct NativeRecord(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool hasValue)
{
    public ReadOnlySpan<byte> Key { get; } = key;

    public ReadOnlySpan<byte> Value { get; } = hasValue ? value : default;

    public bool HasValue { get; } = hasValue;

    public required int Partition { get; init; }

    /// <summary>The timestamp in milliseconds; 0: the current time.</summary>
    public required long Time { get; init; }

    /// <summary>An rd_kafka_headers_t; 0: none.</summary>
    public nint Headers { get; init; }

    public int HeaderBytes { get; init; }
}

/// <summary>rd_kafka_vu_t: one field of a record for rd_kafka_produceva.</summary>
[StructLayout(LayoutKind.Explicit, Size = 72)]
internal unsafe struct NativeField
{
    [FieldOffset(0)]
    public NativeFieldKind Kind;

    /// <summary>A number: a timestamp as 64 bits, a partition or flags in the low 32 of them, on little-endian machines.</summary>
    [FieldOffset(8)]
    public long Number;

    /// <summary>A pointer: the topic's handle, the headers, the opaque value, bytes.</summary>
    [FieldOffset(8)]
    public void* Pointer;

    /// <summary>The number of bytes behind <see cref="Pointer"/>.</summary>
    [FieldOffset(16)]
    public nuint Length;
}

/// <summary>rd_kafka_vtype_t.</summary>
internal enum NativeFieldKind
{
    Topic = 2,
    Partition = 3,
    Value = 4,
    Key = 5,
    Opaque = 6,
    Flags = 7,
    Timestamp = 8,
    Headers = 10,
}

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
        public void* Partitions;
        public NativeError Error;
    }
}

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

/// <summary>rd_kafka_topic_partition_list_t.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativePartitionList
{
    public int Count;
    public int Size;
    public NativePartition* Elements;
}
