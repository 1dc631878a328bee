namespace QueryStream.Connectors.Kafka.Librdkafka;

/// <summary>What a client reports by itself. Called one at a time, on any thread.</summary>
internal unsafe interface IClientEvents
{
    /// <summary>No broker can be reached, as far as this client knows.</summary>
    void OnAllBrokersDown();

    /// <summary>The client cannot work any more.</summary>
    void OnFatal(string problem);

    /// <summary>Records were acknowledged or refused; valid during the call.</summary>
    void OnDelivered(NativeMessage** messages, int count);
}
