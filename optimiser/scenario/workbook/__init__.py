"""Scenarios as workbooks (XLSX): a sheet a table, a row a member, units in the headers; in and out without loss."""
