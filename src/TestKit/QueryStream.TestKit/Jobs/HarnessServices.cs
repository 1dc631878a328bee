namespace QueryStream.TestKit.Jobs;

/// <summary>The services of connectors in a <see cref="JobHarness"/>: those of the test, and the gate.</summary>
internal sealed class HarnessServices(IServiceProvider? services, SourceGate gate) : IServiceProvider
{
    public object? GetService(Type serviceType) => serviceType == typeof(SourceGate) ? gate : services?.GetService(serviceType);
}
