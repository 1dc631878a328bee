namespace QueryStream.Streams;

/// <summary>What becomes of a row for which a function throws.</summary>
public enum ErrorPolicy
{
    /// <summary>The job fails; the message names the operator, the subtask and the record. The default.</summary>
    Fail,

    /// <summary>The row is counted among the dead letters, by reason, and dropped.</summary>
    Skip,

    /// <summary>The row is counted, and goes to the operator's dead letters.</summary>
    DeadLetter,
}
