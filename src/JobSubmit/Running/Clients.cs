namespace QueryStream.JobSubmit.Running;

/// <summary>The clients that sources and sinks of a local run are given.</summary>
/// <param name="clients">The clients, each found by the interfaces that it has.</param>
internal sealed class Clients(params object[] clients) : IServiceProvider
{
    /// <inheritdoc/>
    public object? GetService(Type serviceType) => Array.Find(clients, serviceType.IsInstanceOfType);
}
