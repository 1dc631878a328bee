using QueryStream.Core.Time;

namespace QueryStream.Runtime.Operators.Windows.Sessions;

/// <summary>A session, without its accumulator.</summary>
internal struct SessionInfo
{
    /// <summary>The time of its first row.</summary>
    public EventTime Start;

    /// <summary>One gap after its last row.</summary>
    public EventTime End;

    /// <summary>The time of the session's current timer; the end of time: none. Older timers of the session are ignored.</summary>
    public EventTime Timer;

    /// <summary>The slot of its key.</summary>
    public int Key;

    /// <summary>Increases when the number is reused, so that references to the former session are detected.</summary>
    public int Version;

    /// <summary>Whether the number is in use.</summary>
    public bool IsInUse;

    /// <summary>Whether it has fired: emitted a final result.</summary>
    public bool HasFired;

    /// <summary>Whether it is in the list of early results.</summary>
    public bool HasChanged;

    /// <summary>Whether it is in the list of closed sessions that late rows have changed.</summary>
    public bool IsLate;
}

/// <summary>Refers to a session that may have been removed.</summary>
/// <param name="Session">Its number.</param>
/// <param name="Version">The version of that number.</param>
internal readonly record struct SessionReference(int Session, int Version);
