namespace QueryStream.Connectors.Kafka.Librdkafka;

/// <summary>The codes of rd_kafka_resp_err_t that are decided by; negative ones are librdkafka's own.</summary>
internal enum NativeError
{
    None = 0,
    BadMessage = -199,
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
    NoEntry = -156,
    Fatal = -150,
    UnknownTopicOrPartition = 3,
    LeaderNotAvailable = 5,
    NotLeader = 6,
    RequestTimedOut = 7,
    CoordinatorLoading = 14,
    CoordinatorNotAvailable = 15,
    NotCoordinator = 16,
    TopicAlreadyExists = 36,
}
