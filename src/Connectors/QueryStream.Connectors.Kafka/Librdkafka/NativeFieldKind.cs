namespace QueryStream.Connectors.Kafka.Librdkafka;

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
