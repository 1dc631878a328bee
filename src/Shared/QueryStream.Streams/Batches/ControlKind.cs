namespace QueryStream.Streams.Batches;

/// <summary>The kinds of control element.</summary>
public enum ControlKind : byte
{
    /// <summary>Event time has advanced.</summary>
    Watermark = 1,

    /// <summary>The sender has nothing to say and leaves the minimum; repeated while the silence goes on.</summary>
    Idle = 2,

    /// <summary>The sender counts again.</summary>
    Active = 3,

    /// <summary>Nothing follows.</summary>
    End = 4,

    /// <summary>What came before belongs to a checkpoint, what follows does not.</summary>
    Barrier = 5,
}
