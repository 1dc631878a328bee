namespace QueryStream.Runtime.Operators.Windows;

/// <summary>Kinds of work that wait in a window operator.</summary>
internal enum WorkKind
{
    /// <summary>A control element, and the results that go before it.</summary>
    Control,

    /// <summary>What was held back of open windows, because a timer or a full table asks for it.</summary>
    Early,

    /// <summary>What late rows have changed in closed windows.</summary>
    Late,
}
