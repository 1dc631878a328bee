using Xunit;
using Xunit.Sdk;

namespace QueryStream.TestKit.Contracts;

/// <summary>
/// A test of a contract suite, inherited by a class for each implementation. Skipped for the classes whose
/// <see cref="NeedsAttribute"/> says that something is missing.
/// </summary>
[XunitTestCaseDiscoverer("QueryStream.TestKit.Contracts.ContractFactDiscoverer", "QueryStream.TestKit.Contracts")]
public sealed class ContractFactAttribute : FactAttribute;
