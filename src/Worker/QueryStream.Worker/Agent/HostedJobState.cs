namespace QueryStream.Worker.Agent;

/// <summary>Where a worker's share of one attempt of a job is in its life.</summary>
internal enum HostedJobState
{
    /// <summary>Its graph is being built.</summary>
    Building,

    /// <summary>Its tasks wait for the tasks of other workers.</summary>
    Deployed,

    /// <summary>Its tasks run.</summary>
    Running,

    /// <summary>Its tasks were told to end.</summary>
    Canceling,

    /// <summary>None of its tasks lives.</summary>
    Ended,
}
