namespace QueryStream.TestKit.Jobs;

/// <summary>What connectors in a <see cref="JobHarness"/> may ask for: what the test gives, and the gate.</summary>
internal sealed class HarnessServices(IServiceProvider? services, SourceGate gate) : IServiceProvider
{
    public object? GetService(Type serviceType) => serviceType == typeof(SourceGate) ? gate : services?.GetService(serviceType);
}
