namespace QueryStream.Streams.Functions;

/// <summary>The two times that timers can be set in.</summary>
public enum TimeDomain : byte
{
    /// <summary>Event time, which the watermark moves.</summary>
    Event,

    /// <summary>The clock.</summary>
    Processing,
}
