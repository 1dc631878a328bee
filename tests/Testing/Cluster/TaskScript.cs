namespace QueryStream.Testing.Cluster;

/// <summary>What a scripted task does when it is told to run.</summary>
public enum TaskScript
{
    /// <summary>It runs until it is told otherwise.</summary>
    Run,

    /// <summary>It runs, and finishes at once.</summary>
    Finish,

    /// <summary>It fails to open.</summary>
    FailAtOpen,

    /// <summary>It runs, and fails at once.</summary>
    FailAtOnce,

    /// <summary>It fails as soon as it is deployed, before it is told to run.</summary>
    FailAtStart,
}
