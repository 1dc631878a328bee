using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Streams.Settings;

namespace QueryStream.Streams.Graph;

/// <summary>
/// Builds the graph of a referenced job. Runs outside of actors, since the code of the job may be slow; the caller reads <see cref="Graph"/> after
/// the run.
/// </summary>
/// <param name="loader">Finds the job.</param>
/// <param name="reference">Names the job.</param>
/// <param name="settings">Its settings as captured at submission.</param>
/// <param name="parallelism">Its parallelism.</param>
public sealed class JobGraphBuild(IJobLoader loader, JobReference reference, JobSettings settings, int parallelism)
{
    private StreamGraph? _definition;

    /// <summary>The graph; null before <see cref="RunAsync"/> has succeeded.</summary>
    public JobGraph? Graph { get; private set; }

    /// <summary>Loads the job and builds its graph. Called once.</summary>
    /// <exception cref="QueryStreamException">The job cannot be loaded, or its definition or a setting is wrong.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        IStreamJob job = await loader.LoadAsync(reference, cancellationToken).ConfigureAwait(false);
        _definition = StreamBuilder.Build(job, settings);
        Graph = JobGraph.Create(_definition, parallelism);
    }

    /// <summary>
    /// The graph at any parallelism. Runs no code of the job. Called after <see cref="RunAsync"/> has succeeded.
    /// </summary>
    /// <param name="other">The parallelism.</param>
    /// <exception cref="JobDefinitionException">
    /// It is not between 1 and the number of key groups, or rows without a codec would go to other tasks.
    /// </exception>
    public JobGraph GraphAt(int other) => JobGraph.Create(_definition!, other);
}
