using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.Extensions.Options;

namespace QueryStream.Web.Access;

/// <summary>
/// Keeps the keys of forms and circuits in memory instead of files: what they protect lives no longer than the process. Sessions, which do, have a
/// key of their own.
/// </summary>
internal sealed class ProcessKeys : IXmlRepository, IConfigureOptions<KeyManagementOptions>
{
    // Guards the keys: requests come on any thread.
    private readonly Lock _lock = new();
    private readonly List<XElement> _keys = [];

    public IReadOnlyCollection<XElement> GetAllElements()
    {
        lock (_lock)
        {
            return [.. _keys];
        }
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        lock (_lock)
        {
            _keys.Add(element);
        }
    }

    // They are never written, so they need no encryption.
    public void Configure(KeyManagementOptions options) => (options.XmlRepository, options.XmlEncryptor) = (this, new NullXmlEncryptor());
}
