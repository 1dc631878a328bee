namespace QueryStream.JobAssemblies;

/// <summary>An assembly that another one was compiled against.</summary>
/// <param name="Name">Its simple name.</param>
/// <param name="Version">The version that was there.</param>
internal readonly record struct AssemblyReference(string Name, Version Version);
