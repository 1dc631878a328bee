using System.Reflection;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace QueryStream.TestKit.Contracts;

/// <summary>One test of a contract for one implementation.</summary>
public sealed class ContractTestCase : XunitTestCase
{
    /// <summary>For xunit, which brings test cases from one process to another.</summary>
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
