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
    /// The graph at a lower parallelism, or at the one given. Runs no code of the job. Called after <see cref="RunAsync"/> has succeeded.
    /// </summary>
    /// <param name="lower">The parallelism.</param>
    /// <exception cref="JobDefinitionException">Rows without a codec would go to other tasks.</exception>
    public JobGraph GraphAt(int lower) => JobGraph.Create(_definition!, lower);
}
