namespace QueryStream.Connectors.Kafka.Librdkafka;

/// <summary>What a client is for; each has settings of its own.</summary>
internal enum ClientKind
{
    /// <summary>Questions and commits; fetches nothing, so that no waiting fetch delays an answer.</summary>
    Admin,

    /// <summary>Fetches records.</summary>
    Fetch,

    /// <summary>Writes records.</summary>
    Produce,
}
