using System.Reflection;
using Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace QueryStream.TestKit.Contracts;

/// <summary>
/// A test of a contract suite, which each implementation's test class inherits. Skipped for classes whose <see cref="NeedsAttribute"/> reports that
/// a requirement is missing.
/// </summary>
[XunitTestCaseDiscoverer("QueryStream.TestKit.Contracts.ContractFactDiscoverer", "QueryStream.TestKit.Contracts")]
public sealed class ContractFactAttribute : FactAttribute;

/// <summary>Creates the test cases of <see cref="ContractFactAttribute"/>. xunit finds it by name.</summary>
public sealed class ContractFactDiscoverer(IMessageSink diagnostics) : FactDiscoverer(diagnostics)
{
    /// <inheritdoc/>
    protected override IXunitTestCase CreateTestCase(
        ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        new ContractTestCase(
            DiagnosticMessageSink, discoveryOptions.MethodDisplayOrDefault(), discoveryOptions.MethodDisplayOptionsOrDefault(), testMethod);
}

/// <summary>One test of a contract for one implementation.</summary>
public sealed class ContractTestCase : XunitTestCase
{
    /// <summary>For xunit, which deserializes test cases.</summary>
    [Obsolete("Called by xunit.")]
    public ContractTestCase()
    {
    }

    /// <summary>Creates a case.</summary>
    public ContractTestCase(IMessageSink diagnostics, TestMethodDisplay display, TestMethodDisplayOptions options, ITestMethod method)
        : base(diagnostics, display, options, method)
    {
    }

    /// <inheritdoc/>
    protected override string? GetSkipReason(IAttributeInfo factAttribute)
    {
        Type type = ((IReflectionTypeInfo)TestMethod.TestClass.Class).Type;
        return base.GetSkipReason(factAttribute) ?? type.GetCustomAttribute<NeedsAttribute>()?.MissingReason;
    }
}

/// <summary>A requirement of a class of contract tests, checked at discovery.</summary>
[AttributeUsage(AttributeTargets.Class)]
public abstract class NeedsAttribute : Attribute
{
    /// <summary>Why the tests cannot run on this machine; null if they can.</summary>
    public abstract string? MissingReason { get; }
}
