using Xunit.Abstractions;
using Xunit.Sdk;

namespace QueryStream.TestKit.Contracts;

/// <summary>Makes the test cases of <see cref="ContractFactAttribute"/>. Found by name.</summary>
public sealed class ContractFactDiscoverer(IMessageSink diagnostics) : FactDiscoverer(diagnostics)
{
    /// <inheritdoc/>
    protected override IXunitTestCase CreateTestCase(
        ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        new ContractTestCase(DiagnosticMessageSink, discoveryOptions.MethodDisplayOrDefault(), discoveryOptions.MethodDisplayOptionsOrDefault(), testMethod);
}
