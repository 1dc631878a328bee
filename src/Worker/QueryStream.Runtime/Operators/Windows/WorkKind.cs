namespace QueryStream.Runtime.Operators.Windows;

/// <summary>Kinds of work that wait in a window operator.</summary>
internal enum WorkKind
{
    /// <summary>A control element, and the results that go before it.</summary>
    Control,

    /// <summary>What has changed in open windows, because a timer asks for it.</summary>
    Early,

    /// <summary>What late rows have changed in closed windows.</summary>
    Late,

    /// <summary>Results that the clock makes due.</summary>
    Clock,
}
