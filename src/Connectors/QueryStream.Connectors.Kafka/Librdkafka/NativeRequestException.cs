namespace QueryStream.Connectors.Kafka.Librdkafka;

/// <summary>A request to the cluster failed. Inside of the connector only; callers of it see the project's exceptions.</summary>
internal sealed class NativeRequestException(string request, NativeError error, string text) : Exception(text)
{
    /// <summary>What was asked, to stand behind "refuses".</summary>
    public string Request { get; } = request;

    public NativeError Error { get; } = error;

    /// <summary>Whether nobody answered, so that asking again may help.</summary>
    public bool IsUnreachable => Error is NativeError.Transport or NativeError.TimedOut or NativeError.AllBrokersDown or NativeError.Resolve
        or NativeError.LeaderNotAvailable or NativeError.WaitCoordinator or NativeError.CoordinatorLoading or NativeError.CoordinatorNotAvailable
        or NativeError.NotCoordinator or NativeError.NotLeader or NativeError.RequestTimedOut;
}
