namespace QueryStream.Connectors.Kafka.Librdkafka;

/// <summary>What went wrong with a client's connections.</summary>
/// <param name="Error">Its kind.</param>
/// <param name="Text">In librdkafka's words, which hold no property's value.</param>
/// <param name="IsHangUp">Whether the broker has ended a connection that it had accepted.</param>
internal sealed record NativeProblem(NativeError Error, string Text, bool IsHangUp = false)
{
    /// <summary>Nothing did.</summary>
    public static readonly NativeProblem None = new(NativeError.None, "");

    /// <summary>Whether one side does not accept the other: a password or a certificate, which do not become right by waiting.</summary>
    public bool IsRefusal => Error is NativeError.Authentication or NativeError.Ssl;
}
