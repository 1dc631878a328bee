namespace QueryStream.Streams.Windows;

/// <summary>What a trigger wants to be done with a window.</summary>
[Flags]
public enum TriggerResult : byte
{
    /// <summary>Nothing.</summary>
    Continue = 0,

    /// <summary>Give a result of its rows.</summary>
    Fire = 1,

    /// <summary>Forget its rows.</summary>
    Purge = 2,

    /// <summary>Give a result, then forget the rows.</summary>
    FireAndPurge = Fire | Purge,
}
